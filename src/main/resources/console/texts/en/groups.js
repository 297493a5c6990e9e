/** Texts of the pages about: groups. */
export default {
};
