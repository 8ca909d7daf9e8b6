/** She is on her way out: nothing may come in between. */
export const hasLeft = (): boolean => document.body.classList.contains("phone--left");
