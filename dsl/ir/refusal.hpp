// The sentence of a refusal while the compiler makes it.
#pragma once

// Of a constexpr function that is declared and not defined both compilers warn, and no option stops
// g++ from it. Here that is the point: see refusal_note.
#pragma GCC system_header

namespace ansatz::ir {

/// What `graph_error` said first.
struct RefusalNote {
  static constexpr int room = 400;
  char text[room + 1]{};
  int length = 0;

  constexpr void add(const char* more) {
    for (; *more && length < room; ++more) text[length++] = *more;
  }
  constexpr void add(long long number) {
    char digits[24]{};
    int n = 23;
    unsigned long long rest = number < 0 ? 0ull - static_cast<unsigned long long>(number)
                                         : static_cast<unsigned long long>(number);
    do digits[--n] = static_cast<char>('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) digits[--n] = '-';
    add(digits + n);
  }
};

struct RefusalNoteKey {};

/// Where a constant evaluation writes a refusal. Nothing defines it in a program that is right: a
/// refusal then ends the evaluation, which is how `compile` learns of it. To learn its words, the
/// function is evaluated once more as the initializer of a constant that has a RefusalNote, and a
/// friend of that constant's class defines this function: the constant may be written to while it
/// is initialized. Callers of graph_error therefore go on, with any value that does no harm.
constexpr RefusalNote& refusal_note(RefusalNoteKey);

/// The constant of dsl/refused.hpp.
template <class F>
struct WordsOf;
template <class F>
struct DefineRefusalNote {
  friend constexpr RefusalNote& refusal_note(RefusalNoteKey) {
    return const_cast<RefusalNote&>(WordsOf<F>::made.note);
  }
};

}  // namespace ansatz::ir
