// The same call opened in two windows of one browser would be fought over: the newest has it, the older lets go.

/** Takes the call for this window; `letGo` is called when another window takes it. Returns how to stop listening. */
export function takeHere(call: string, letGo: () => void): () => void {
  if (!("BroadcastChannel" in window)) return () => undefined;
  const windows = new BroadcastChannel(`call-${call}`);
  windows.onmessage = () => {
    windows.close();
    letGo();
  };
  windows.postMessage("taken");
  return () => windows.close();
}
