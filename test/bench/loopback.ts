/** A free port that nobody outside this machine reaches. */
export const LOOPBACK = "tcp://127.0.0.1:0";
