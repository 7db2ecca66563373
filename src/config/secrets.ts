/** By which a sender of alerts proves itself: what is shorter can be guessed; those that senders make are longer. */
export const MIN_SECRET = 16;
export const TOO_SHORT = `must have at least ${MIN_SECRET} characters`;
