/** Texts of the pages about: messages. */
export default {
};
