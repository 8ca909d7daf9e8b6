// Whether camera and microphone may be opened without the browser asking first.

export async function mayOpenWithoutAsking(): Promise<boolean> {
  try {
    const names = ["camera", "microphone"] as unknown as PermissionName[];
    const answers = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
    return answers.every((answer) => answer.state === "granted");
  } catch {
    // The browser does not tell: then a tap is asked for, which is never wrong.
    return false;
  }
}
