/**
 * How whoever reads the page writes numbers and times, for charts on a page that is in English. Undefined
 * where the browser says what no `Intl` takes, such as "en-US@posix".
 */
export function readersLocale(): string | undefined {
  try {
    return new Intl.Locale(navigator.language).toString();
  } catch {
    return undefined;
  }
}
