// Her place in the queue and how long it will be about, in her words. Nothing here counts down: the server says it anew.
import { _ } from "#kit/words";

import { element } from "./elements";

export interface Outlook {
  since: string;
  promised_by: string;
  /** People before her. */
  before: number;
  /** An officer is rung for her. */
  ringing: boolean;
  /** Minutes; more than 60 is more than an hour; null where it is not known. */
  about: number | null;
  /** Than she was promised. */
  longer: boolean;
  /** No officer is on duty. */
  nobody: boolean;
}

let promised: string | undefined;

export function showOutlook(outlook: Outlook): void {
  write("waiting-place", place(outlook));
  write("waiting-about", about(outlook));
  const due = element("waiting-due");
  due.dataset.due = outlook.promised_by;
  // What she was promised is not said beside a time that is longer: that it takes longer is said at once.
  promised ??= due.dataset.say;
  due.dataset.say = outlook.longer ? due.dataset.sayLate : promised;
}

function place({ before, ringing }: Outlook): string {
  if (ringing) return _("We are ringing an officer for you now.");
  if (before === 0) return _("You are next.");
  return before === 1 ? _("1 person is before you.") : _("{} people are before you.", before);
}

function about({ about, nobody, ringing }: Outlook): string {
  if (nobody && !ringing) return _("No officer is free at this moment. The people in charge know that you wait.");
  if (about === null) return _("We cannot say yet how long it takes.");
  if (about > 60) return _("It may take more than an hour.");
  return about === 1 ? _("An officer answers in about a minute.") : _("An officer answers in about {} minutes.", about);
}

/** What has not changed is not said again to whoever listens. */
function write(id: string, words: string): void {
  const line = element(id);
  if (line.textContent !== words) line.textContent = words;
}
