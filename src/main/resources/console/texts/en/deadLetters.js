/** Texts of the pages about: deadLetters. */
export default {
};
