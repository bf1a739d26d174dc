// 3.4, 4.3, 4.5: draw a digit, and the network that you have trained reads it.

import { Board } from "../../../../grader/draw/page/board.js";

export const boards = [
  ["ch3_4_backpropagation", "digits_learned"],
  ["ch4_3_pooling_cnn", "filters_before_and_after"],
  ["ch4_5_momentum_capstone", "most_confused"],
].map(([stem, picture]) => ({
  stem,
  picture,
  title: "A drawing board whose digits your network reads",
  invitation: "Draw a digit",
  made: "Trained with",
  waiting: "Training the network",
  call: ["board.train", { stem }],
  seconds: 600,
  drawOnce: true,
  draw(place, { right, count, failed }, { course }) {
    new Board(place, async (drawing) => {
      const { problem, ...answer } = await course.call("board.read", { stem, drawing }, { seconds: 600 });
      if (problem) throw new Error(problem);
      return answer;
    });
    const trained = `The network is trained, and reads ${(100 * right).toFixed(1)}% of ${count} new digits right.`;
    return failed ? `${trained} It is the reference's, because yours failed: ${failed}.` : trained;
  },
}));
