// Whom she lets into the call, and who is in it. Nobody comes in before she has said yes.
import type { GuestKind, MediaPlane, Other, PlaneState } from "#call/plane";
import { Tiles } from "#call/tiles";
import { _ } from "#kit/words";

import { deliver } from "./delivered";
import { element } from "./elements";
import { speak } from "./steps";

export interface GuestAsked {
  guest: string;
  call: string;
  kind: GuestKind;
  name: string;
  /** Neither seen nor heard. */
  listens: boolean;
}

declare module "#kit/live" {
  interface LiveKinds {
    "guest.asked": { asked: GuestAsked | null };
  }
}

const kinds: Record<GuestKind, string> = {
  interpreter: _("Interpreter"),
  sign_language: _("Sign language interpreter"),
  advocate: _("Independent adviser"),
  appropriate_adult: _("Somebody to support you"),
  specialist: _("Specialist"),
  supervisor: _("The officer\u2019s supervisor"),
};
const words: Record<PlaneState, string> = { connecting: _("Connecting"), live: "", silent: _("Connecting"), away: _("away for a moment"), ended: "" };

/** A tap that comes sooner was meant for something else. Milliseconds. */
const toBeSeen = 500;

const wordsOf = ({ kind, name, listens }: Pick<Other, "kind" | "name" | "listens">): string =>
  [name, kind ? kinds[kind] : "", listens ? _("listens only") : ""].filter(Boolean).join(" \u2013 ");

export class Guests {
  private readonly tiles: Tiles;
  private readonly sheet = element("guest-asked");
  private asked: GuestAsked | null = null;
  /** What she tapped here: the server may not know it yet when it tells who is asked in. */
  private readonly answered = new Set<string>();
  private before: Element | null = null;
  private seen: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly url: string) {
    this.tiles = new Tiles(
      element("guests"),
      element("call-picture"),
      { of: wordsOf, state: (state) => words[state] },
      element<HTMLVideoElement>("remote-video"),
      { label: _("Ask them to leave"), act: ({ guest }) => void deliver(`${this.url}${guest!}`, () => ({ agrees: false })) },
    );
    for (const button of this.buttons) button.addEventListener("click", () => this.answer(button.dataset.letsIn === "yes"));
  }

  private get buttons(): NodeListOf<HTMLButtonElement> {
    return document.querySelectorAll<HTMLButtonElement>("[data-lets-in]");
  }

  private enable(whether: boolean): void {
    for (const button of this.buttons) button.disabled = !whether;
  }

  follow(plane: MediaPlane): void {
    this.tiles.follow(plane);
  }

  end(): void {
    this.tiles.clear();
    this.ask(null);
  }

  ask(asked: GuestAsked | null): void {
    const before = this.asked;
    this.asked = asked && !this.answered.has(asked.guest) ? asked : null;
    // Another question is another sheet: it must not take the tap that was meant for the one before.
    if (this.asked?.guest !== before?.guest) {
      this.show(false);
      this.enable(false);
      clearTimeout(this.seen);
      this.seen = setTimeout(() => this.enable(true), toBeSeen);
    }
    if (this.asked) {
      element("guest-name").textContent = wordsOf(this.asked);
      element("guest-listens").hidden = !this.asked.listens;
      element("guest-seen").hidden = this.asked.listens;
    }
    this.show(this.asked !== null);
  }

  private show(wanted: boolean): void {
    if (this.sheet.hidden === !wanted) return;
    this.sheet.hidden = !wanted;
    const held = document.activeElement;
    if (wanted) {
      this.before = held;
      const title = element("guest-title");
      // Whoever is writing goes on writing.
      if (held?.matches("input, textarea")) speak(this.sheet.innerText);
      else title.focus({ preventScroll: true });
    } else if (this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }

  private answer(agrees: boolean): void {
    const { asked } = this;
    if (!asked) return;
    this.answered.add(asked.guest);
    this.ask(null);
    void deliver(`${this.url}${asked.guest}`, () => ({ agrees }));
  }
}
