// One key alone, three times within five seconds each. With another key, or a finger, it is part of something else: a
// capital letter, a shortcut, a selection.
const times = 3;
const within = 5000;

interface Thrice {
  /** How often it was pressed so far, and how often is left; 0 presses when the count has begun anew. */
  tell: (presses: number, left: number) => void;
  act: () => void;
}

export function whenThrice(key: string, { tell, act }: Thrice): void {
  let presses = 0;
  let alone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const begin = (): void => {
    clearTimeout(timer);
    if (presses) tell((presses = 0), times);
  };
  const otherwise = (): void => {
    alone = false;
    begin();
  };
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== key) return otherwise();
      // Held, it repeats itself: that is one press.
      if (!event.repeat) alone = !(event.ctrlKey || event.altKey || event.metaKey);
    },
    true,
  );
  addEventListener("pointerdown", otherwise, true);
  addEventListener(
    "keyup",
    (event) => {
      if (event.key !== key || !alone) return;
      alone = false;
      clearTimeout(timer);
      presses++;
      tell(presses, times - presses);
      if (presses < times) return void (timer = setTimeout(begin, within));
      presses = 0;
      act();
    },
    true,
  );
}
