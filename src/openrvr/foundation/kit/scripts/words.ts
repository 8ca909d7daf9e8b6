// Sentences in the page's language. English stands in the code; a page in another language brings its own with it.

/** `en`, or the language that her page is in. Digits are Western in all of them: it is those that she dials. */
export const pageLanguage = (): string => document.documentElement.lang || "en";

/** `3.1`, or `3,1` where the page's language writes it so. */
export const withTenths = (value: number): string =>
  new Intl.NumberFormat(`${pageLanguage()}-u-nu-latn`, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    useGrouping: false,
  }).format(value);

let catalogue: Record<string, string> | null = null;

/** `sentence` in the language of the page, each `{}` in it replaced by the next of `values`. */
export function _(sentence: string, ...values: (string | number)[]): string {
  catalogue ??= JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Record<string, string>;
  let next = 0;
  return (catalogue[sentence] ?? sentence).replace(/\{\}/g, () => String(values[next++] ?? "{}"));
}
