// A list of those who want to hear of one kind of thing.

export class Listeners<Value> {
  private readonly handlers = new Set<(value: Value) => void>();

  add(handler: (value: Value) => void): () => void {
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  }

  tell(value: Value): void {
    for (const handler of [...this.handlers]) handler(value);
  }
}
