// Texts of the touchpoint view.
export default {
  de: {
    placesTitle: "Kontaktpunkte",
  },
  en: {
    placesTitle: "Touchpoints",
  },
};
