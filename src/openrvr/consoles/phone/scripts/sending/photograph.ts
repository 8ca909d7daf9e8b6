// A photograph by the camera that is open already, as large as it takes them; the call goes on meanwhile.

// Not yet in every browser, and not in TypeScript's description of them.
interface Range {
  max: number;
}
interface Capture {
  getPhotoCapabilities(): Promise<{ imageWidth?: Range; imageHeight?: Range }>;
  takePhoto(settings?: { imageWidth: number; imageHeight: number }): Promise<Blob>;
}
type CaptureOf = new (track: MediaStreamTrack) => Capture;

const captureOf = (): CaptureOf | undefined => (window as unknown as { ImageCapture?: CaptureOf }).ImageCapture;

/** Some phones never answer. */
const patience = 8000;

/** Whether this browser takes a photograph in a call; else the phone's own camera app does. */
export function canPhotograph(track: MediaStreamTrack | null): track is MediaStreamTrack {
  return track !== null && track.readyState === "live" && track.enabled && captureOf() !== undefined;
}

/** Throws where the camera does not take one after all. */
export async function photograph(track: MediaStreamTrack): Promise<Blob> {
  const capture = new (captureOf()!)(track);
  const largest = await within(capture.getPhotoCapabilities()).catch(() => null);
  if (largest?.imageWidth?.max && largest.imageHeight?.max) {
    const size = { imageWidth: largest.imageWidth.max, imageHeight: largest.imageHeight.max };
    const taken = await within(capture.takePhoto(size)).catch(() => null);
    if (taken?.size) return taken;
  }
  const taken = await within(capture.takePhoto());
  if (!taken.size) throw new Error("The camera gave nothing.");
  return taken;
}

function within<Value>(answer: Promise<Value>): Promise<Value> {
  const late = new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error("The camera did not answer.")), patience));
  return Promise.race([answer, late]);
}
