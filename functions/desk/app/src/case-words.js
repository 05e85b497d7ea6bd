// Texts of the case view.
export default {
  de: {
    caseTitle: "Fall",
  },
  en: {
    caseTitle: "Case",
  },
};
