/** Texts of the pages about: cluster. */
export default {
};
