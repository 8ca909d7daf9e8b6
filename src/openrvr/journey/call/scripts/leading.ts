// Whom a page is in the call with, whoever that is: another officer may take the call over while it goes on.
import { Listeners } from "./listeners";
import type { LinkReader, Other, OtherSide, Person, PlaneState } from "./plane";

export class Leading implements Person {
  private stream: MediaStream | null = null;
  private stops: (() => void)[] = [];
  private readonly remotes = new Listeners<MediaStream>();
  private readonly states = new Listeners<PlaneState>();
  private readonly others = new Listeners<OtherSide>();

  constructor(private person: Person) {
    this.follow();
  }

  get other(): Other {
    return this.person.other;
  }

  get state(): PlaneState {
    return this.person.state;
  }

  get heardAt(): number {
    return this.person.heardAt;
  }

  /** Another one from now on, who has been in the call for some moments. */
  be(person: Person): void {
    if (person === this.person) return;
    for (const stop of this.stops) stop();
    this.person = person;
    this.stream = null;
    this.follow();
    this.states.tell(person.state);
  }

  is(person: Person): boolean {
    return person === this.person;
  }

  onRemote(handler: (stream: MediaStream) => void): () => void {
    if (this.stream) handler(this.stream);
    return this.remotes.add(handler);
  }

  onState(handler: (state: PlaneState) => void): () => void {
    return this.states.add(handler);
  }

  onOtherSide(handler: (other: OtherSide) => void): () => void {
    return this.others.add(handler);
  }

  reader(): LinkReader {
    let of = this.person;
    let read = of.reader();
    return () => {
      if (of !== this.person) [of, read] = [this.person, this.person.reader()];
      return read();
    };
  }

  private follow(): void {
    this.stops = [
      this.person.onRemote((stream) => {
        this.stream = stream;
        this.remotes.tell(stream);
      }),
      this.person.onState((state) => this.states.tell(state)),
      this.person.onOtherSide((other) => this.others.tell(other)),
    ];
  }
}
