// The words of a refusal that only the evaluation of a function finds, for the
// compiler to print.
#pragma once

#include <dsl/ir/errors.hpp>
#include <dsl/kernels/isa.hpp>

namespace ansatz {

/// What the compiler prints as the reason: the sentence that `build` would have
/// thrown.
template <int Length>
struct Says {
  char sentence[Length]{};
};
/// The same for clang, which prints the first letters of an array only.
template <int Pieces>
struct SaysInPieces {
  char sentence[Pieces][33]{};
};

/// There is no reason: the function is well.
struct Accepted {};

/// What is made of a function that is refused: never defined, so that a
/// variable of its type is the one message. Of a call of a deleted function g++
/// prints every line of the lambda.
template <auto Why>
struct NotCompiled;

namespace ir {

template <bool>
struct Holds;

template <class F>
struct RefusalKeyFor {
  using type = RefusalNoteKey;
};

/// The words of what F{}() refuses: F is called once more, into `note` (see
/// refusal_note).
template <class F>
struct Refusing {
  RefusalNote note;
  constexpr Refusing() {
    // clang makes the friend's body where it is called with an argument of a
    // dependent type, and must do so before it evaluates this.
    (void)sizeof(DefineRefusalNote<F>);
    if (sizeof(F) == 0) (void)refusal_note(typename RefusalKeyFor<F>::type{});
    F{}(note);
  }
};
template <class F>
struct WordsOf {
  static constexpr Refusing<F> made{};
};

// A piece ends behind a space, if there is one.
constexpr int end_of_piece(const RefusalNote& note, int from) {
  if (note.length - from <= 32) return note.length;
  for (int to = from + 32; to > from + 8; --to)
    if (note.text[to - 1] == ' ') return to;
  return from + 32;
}
constexpr int count_pieces(const RefusalNote& note) {
  int count = 0;
  for (int from = 0; from < note.length; from = end_of_piece(note, from)) ++count;
  return count;
}

/// The words as a constant of their length. What else is wrong with F, the compiler has said when
/// it comes to the end of this; then none.
template <class F>
consteval auto words_of_refusal() {
  if constexpr (!requires { typename Holds<(WordsOf<F>::made.note.length > 0)>; }) {
    return Accepted{};
  } else if constexpr (!shortens_text) {
    Says<WordsOf<F>::made.note.length + 1> says;
    for (int k = 0; k < WordsOf<F>::made.note.length; ++k)
      says.sentence[k] = WordsOf<F>::made.note.text[k];
    return says;
  } else {
    constexpr const RefusalNote& note = WordsOf<F>::made.note;
    SaysInPieces<count_pieces(note)> says;
    // clang takes an array for text only where it is full and ends in a 0 that was written.
    int from = 0;
    for (auto& piece : says.sentence) {
      const int to = end_of_piece(note, from);
      for (int k = 0; k < 32; ++k) piece[k] = from + k < to ? note.text[from + k] : ' ';
      piece[32] = 0;
      from = to;
    }
    return says;
  }
}

}  // namespace ir
}  // namespace ansatz
