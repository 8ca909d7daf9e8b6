// The silent alarm. Nothing on this phone shows, says or shakes that it was raised. It goes to the server, and with the
// beats of the call to the officer's browser, until the server has it by one of the two.
import { randomId } from "#kit/http";

import { deliver } from "./delivered";

export class Alarm {
  private key = "";
  private sent: Promise<void> = Promise.resolve();

  /** `onTheWay` is given the press that the server does not have yet; "" for none. */
  constructor(
    private readonly url: string,
    private readonly onTheWay: (key: string) => void,
  ) {}

  /** Done when nothing is on its way any more. */
  get told(): Promise<void> {
    return this.sent;
  }

  raise(): void {
    // One that is still on its way says it already.
    if (this.key) return;
    const key = (this.key = randomId());
    const pressed = performance.now();
    this.onTheWay(key);
    const ago = (): number => Math.round(performance.now() - pressed);
    this.sent = deliver(this.url, () => ({ key, ago: ago() })).then(() => {
      this.key = "";
      this.onTheWay("");
    });
  }
}
