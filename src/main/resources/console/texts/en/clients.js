/** Texts of the pages about: clients. */
export default {
};
