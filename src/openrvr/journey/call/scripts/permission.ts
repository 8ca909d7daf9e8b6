// What the browser has been told before about camera and microphone.

const names = { video: "camera", audio: "microphone" } as const;

/** "unknown" where the browser does not tell. */
export async function standing(kind: keyof typeof names): Promise<PermissionState | "unknown"> {
  try {
    return (await navigator.permissions.query({ name: names[kind] as PermissionName })).state;
  } catch {
    return "unknown";
  }
}

/** Whether camera and, if it is wanted, microphone may be opened without the browser asking first. */
export async function mayOpenWithoutAsking(withSound = true): Promise<boolean> {
  // Where it is not known a tap is asked for, which is never wrong.
  const answers = await Promise.all([standing("video"), withSound ? standing("audio") : "granted"]);
  return answers.every((answer) => answer === "granted");
}
