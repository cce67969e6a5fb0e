/** The function with its last answer kept: one argument is most often a constant of the query. */
export function lastValue<T>(evaluate: (text: string) => T): (text: string) => T {
  let lastText: string | undefined;
  let last: T;
  return (text) => {
    if (text !== lastText) {
      last = evaluate(text);
      lastText = text;
    }
    return last;
  };
}
