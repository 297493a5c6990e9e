/** Texts of the pages about: delayed. */
export default {
};
