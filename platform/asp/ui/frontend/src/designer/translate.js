// The words of bpmn-js in Chinese; English is its own.
import zh from "./zh.json";

const fill = (template, replacements = {}) => template.replace(/{([^}]+)}/g, (whole, key) => replacements[key] ?? whole);

/** A module for bpmn-js in the language of the page. */
export function translating(language) {
  const words = language.startsWith("zh") ? zh : {};
  const translate = (template, replacements) => fill(words[template] ?? template, replacements);
  return { translate: ["value", translate] };
}
