// What the server baked into the page, and the words in the current language.
export const config = JSON.parse(document.getElementById("config").textContent);

// session names this run of the page.
export const session = crypto.randomUUID();

export let language = config.language;

export function speak(l) {
  language = config.words[l] ? l : config.language;
  document.documentElement.lang = language;
}

export function t(key, values = {}) {
  return config.words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// named picks a configured text, such as the name of a reason.
export const named = texts => texts[language] || texts[config.language];
