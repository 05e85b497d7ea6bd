// Texts of the month view.
export default {
  de: {
    monthTitle: "Monat",
  },
  en: {
    monthTitle: "Month",
  },
};
