/** Texts of the pages about: produce. */
export default {
};
