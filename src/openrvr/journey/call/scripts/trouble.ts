// What can go wrong with camera and microphone: told apart as far as the browser lets us, each with a sentence.
import { _ } from "#kit/words";

import { standing } from "./permission";

/** As the server knows them: journey/invitation/troubles.py. */
export const sentences = {
  refused: _("The camera and sound have not been allowed. Tap again, then tap “Allow”."),
  blocked: _("The camera and sound are switched off for this page. Allow them in the browser's settings, then tap again."),
  "camera-blocked": _("The camera is switched off for this page. Allow it in the browser's settings, then tap again."),
  "microphone-blocked": _("The microphone is switched off for this page. Allow it in the browser's settings, then tap again."),
  "blocked-by-phone": _("The settings of this device keep the browser from the camera. Allow it there, then tap again."),
  "no-camera": _("No camera was found on this device."),
  "no-microphone": _("No microphone was found on this device."),
  "nothing-found": _("No camera or microphone was found on this device."),
  "camera-in-use": _("Another app is using the camera. Close it, then tap again."),
  "microphone-in-use": _("The phone call still has the microphone. End it, then tap again."),
  "in-app": _("This app cannot open the camera. Copy the link and open it in your phone's own browser."),
  "no-video": _("This browser cannot do video. Open the link in another browser."),
  insecure: _("This page cannot use the camera because its address is not secure. Open the link from the text message again."),
  unknown: _("The camera did not start. Tap to try again."),
};

export type Trouble = keyof typeof sentences;

export class CameraFailed extends Error {
  override name = "CameraFailed";

  constructor(readonly trouble: Trouble) {
    super(sentences[trouble]);
  }
}

export type Kind = "audio" | "video";

/** Sooner than anybody can read a question and answer it: the browser has not asked. Milliseconds. */
const soonerThanAnybody = 400;

const inApp = /FBAN|FBAV|FB_IAB|Instagram|Line\/|; wv\)|musical_ly|Bytedance|TikTok|Snapchat|LinkedInApp|MicroMessenger|WhatsApp|GSA\//;

/** What is wrong before anybody has tapped anything; "" where nothing is. */
export function troubleAtFirst(): Trouble | "" {
  if (!isSecureContext) return "insecure";
  const can = navigator.mediaDevices?.getUserMedia !== undefined;
  if (!can && inApp.test(navigator.userAgent)) return "in-app";
  return can && window.RTCPeerConnection !== undefined ? "" : "no-video";
}

/** Why `kinds` were not opened. `after` is how long the browser took to say so, in milliseconds. */
export async function whyNot(problem: unknown, kinds: Kind[], after: number): Promise<Trouble> {
  if (problem instanceof CameraFailed) return problem.trouble;
  // Not every browser's OverconstrainedError is a DOMException: WebKit's is an object of its own.
  const { name = "", message = "" } = (problem ?? {}) as { name?: string; message?: string };
  if (name === "SecurityError") return "insecure";
  if (name === "NotAllowedError") return whyNotAllowed(message, kinds, after);
  if (name === "NotFoundError" || name === "OverconstrainedError") return of(kinds, "no-camera", "no-microphone", "nothing-found");
  if (name === "NotReadableError" || name === "AbortError") return of(kinds, "camera-in-use", "microphone-in-use", "camera-in-use");
  return "unknown";
}

async function whyNotAllowed(message: string, kinds: Kind[], after: number): Promise<Trouble> {
  // Chromium's own words: the only sign that it is not she, nor the browser, who said no.
  if (/by system/.test(message)) return "blocked-by-phone";
  // Many apps show pages without being able to ask at all.
  if (inApp.test(navigator.userAgent)) return "in-app";
  const answers = await Promise.all(kinds.map(standing));
  if (answers.includes("denied")) return of(kinds, "camera-blocked", "microphone-blocked", "blocked");
  if (answers.includes("unknown") && after < soonerThanAnybody) return "blocked";
  return "refused";
}

function of(kinds: Kind[], camera: Trouble, microphone: Trouble, both: Trouble): Trouble {
  if (kinds.length > 1) return both;
  return kinds[0] === "video" ? camera : microphone;
}
