// Texts of the work list.
export default {
  de: {
    listTitle: "Arbeitsliste",
  },
  en: {
    listTitle: "Work list",
  },
};
