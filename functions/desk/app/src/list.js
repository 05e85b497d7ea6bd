// To be written.
import { h } from "./dom.js";
import { add, t } from "./words.js";
import words from "./list-words.js";

add(words);

// open draws the view of a route.
export async function open(route, ctx) {
  const title = t("listTitle");
  return { title, node: h("section", {}, h("h1", {}, title)), keys: {}, close() {} };
}
