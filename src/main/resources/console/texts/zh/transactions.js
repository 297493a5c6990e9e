/** Texts of the pages about: transactions. */
export default {
};
