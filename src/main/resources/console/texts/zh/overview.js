/** Texts of the pages about: overview. */
export default {
};
