/**
 * Takes the spaces out of the style sheets in a module of ours: of template literals whose constant is
 * named `css` or ends in `Css`. No back tick may be in them, nor a brace within `${` and `}`.
 *
 * @param {string} code
 * @returns {string}
 */
export function minifyCssLiterals(code) {
  return code.replace(
    /(\bconst (?:css|\w+Css) = )`([^`]*)`/g,
    (_, before, css) => `${before}\`${minifyCss(css)}\``,
  );
}

/**
 * Drops comments, and white space where it means nothing. What is in quotes stays as it is, and so
 * does what a template puts in, with the spaces around it.
 *
 * @param {string} css
 * @returns {string}
 */
export function minifyCss(css) {
  /** @type {string[]} */
  const kept = [];
  return css
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/"[^"]*"|'[^']*'|\$\{[^}]*\}/g, (text) => `\0${kept.push(text) - 1}\0`)
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1")
    .replace(/([\w-]): /g, "$1:")
    .replace(/;}/g, "}")
    .trim()
    .replace(/\0(\d+)\0/g, (_, index) => /** @type {string} */ (kept[Number(index)]));
}
