// Sentences in the page's language. English stands in the code; a page in another language brings its own with it.

let catalogue: Record<string, string> | null = null;

/** `sentence` in the language of the page, each `{}` in it replaced by the next of `values`. */
export function _(sentence: string, ...values: (string | number)[]): string {
  catalogue ??= JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Record<string, string>;
  let next = 0;
  return (catalogue[sentence] ?? sentence).replace(/\{\}/g, () => String(values[next++] ?? "{}"));
}
