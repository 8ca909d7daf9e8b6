// The way out of an app that has opened her link within itself: the link to take along, and word to the call-taker.
import { post } from "#kit/http";
import { _ } from "#kit/words";

import { element, onTap } from "./elements";
import { startExit } from "./exit";

startExit();
onTap("copy", () => void copy());
// Only a page that somebody looks at comes this far: previews run no script.
void post(element("ways-out").dataset.seen!, {}).catch(() => undefined);

async function copy(): Promise<void> {
  const link = element<HTMLInputElement>("link");
  const copied = await navigator.clipboard?.writeText(link.value).then(() => true, () => false);
  element("said").textContent = copied || copiedByHand(link) ? _("Copied.") : _("Hold your finger on the link, then tap “Copy”.");
}

/** What older phones, and apps, can do; whatever comes of it, the link stands there ready to be copied. */
function copiedByHand(link: HTMLInputElement): boolean {
  link.focus();
  link.setSelectionRange(0, link.value.length);
  return document.execCommand("copy");
}
