// Written into the page itself: it listens before any file could have come over a slow link. A tap on a button whose
// script is still on its way is not lost; it is done as soon as the script is there.
import { noteTap } from "./tapped";
import { patientTextOf, writeIn } from "./written_in";

addEventListener("click", noteTap, true);
// What only a script can do is shown only where one runs.
document.documentElement.dataset.script = "";

const { then } = document.currentScript!.dataset;
if (then) void goOnWith(patientTextOf(then));

async function goOnWith(script: Promise<string>): Promise<void> {
  const text = await script;
  if (document.readyState === "loading") await new Promise((drawn) => addEventListener("DOMContentLoaded", drawn));
  writeIn(text);
}
