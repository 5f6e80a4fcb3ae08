#include <dsl/ir/errors.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../text.hpp"

namespace ansatz {

namespace running {

const char* type_name(ElementType type) {
  constexpr const char* names[] = {"float32", "float64", "int8",   "int16",  "int32",
                                   "int64",   "uint8",   "uint16", "uint32", "uint64"};
  return names[static_cast<int>(type)];
}

std::string number_text(double value) {
  if (value != value) return "nan";  // its sign says nothing
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

std::string real_text(double value) {
  std::string text = number_text(value);
  if (text.find_first_not_of("-0123456789") == text.npos) text += ".0";
  return text;
}

std::string shape_text(const Dims& dims) {
  std::string out = "[";
  for (int i = 0; i < dims.rank && i < ir::max_rank; ++i)
    out += (i ? ", " : "") + std::to_string(dims[i]);
  if (dims.rank > ir::max_rank) out += ", ... (" + std::to_string(dims.rank) + " dimensions)";
  return out + "]";
}

namespace {

std::string extent_text(int code, const ir::PlanView* plan) {
  if (plan)
    for (int e = 0; e < plan->extents.size; ++e)
      if (plan->extents[e] == code) return plan->text.data + plan->extent_names[e];
  // A shape holds only a hash of the name; these are the names the library itself gives.
  for (const char* name : {"batch", "chains", "examples"})
    if (ir::extent_code(name) == code) return name;
  return "run-time size";
}

}  // namespace

std::string shape_text(const ir::Shape& shape, const ir::PlanView* plan) {
  std::string out = "[";
  for (int i = 0; i < shape.rank; ++i) {
    if (i) out += ", ";
    out += ir::is_extent(shape[i]) ? extent_text(shape[i], plan)
           : shape[i] == any       ? "any"
                                   : std::to_string(shape[i]);
  }
  return out + "]";
}

std::string no_memory(const std::string& what, std::size_t bytes) {
  constexpr const char* units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  auto size = static_cast<double>(bytes);
  int unit = 0;
  for (; size >= 1000 && unit < 6; ++unit) size /= 1000;
  char number[32];
  std::snprintf(number, sizeof number, "%.*f ", unit == 0 ? 0 : 1, size);
  return "the memory does not suffice: " + what + " takes " + number + units[unit];
}

bool good_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/' || c == '-';
  });
}

void throw_shape_error(const char* op, const char* must_hold, const ir::Shape* shapes, int count) {
  std::string text = op;
  for (int i = 0; i < count; ++i) {
    text += i == 0 ? " of " : i + 1 == count ? " and " : ", ";
    text += shape_text(shapes[i]);
  }
  throw ShapeError(text + ": " + must_hold);
}

void throw_size_error(const char* space, const long long* sizes, int count) {
  std::string text = std::string(space) + "(";
  for (int i = 0; i < count; ++i) text += (i ? ", " : "") + std::to_string(sizes[i]);
  throw ShapeError(text + "): sizes must be 0 to 2147483647");
}

void throw_error(const char* what) { throw Error(what); }

}  // namespace running

// Damerau and Levenshtein's distance in its restricted form ("optimal string alignment").
namespace {

/// The distance where it is at most `most`; else more than that. Of both names only what lies near
/// the diagonal is compared: so it takes length times `most`, not the product of the lengths.
int distance_up_to(std::string_view a, std::string_view b, int most) {
  const auto n = static_cast<int>(a.size()), m = static_cast<int>(b.size());
  const int too_far = most + 1;
  if (std::abs(n - m) > most) return too_far;
  const auto lower = [](std::string_view name, int i) {
    const char c = name[static_cast<std::size_t>(i)];
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  const auto width = static_cast<std::size_t>(m + 1);
  std::vector<int> before(width, too_far), above(width, too_far), row(width, too_far);
  for (int j = 0; j <= std::min(m, most); ++j) above[static_cast<std::size_t>(j)] = j;
  for (int i = 1; i <= n; ++i) {
    const int first = std::max(1, i - most), last = std::min(m, i + most);
    int least = row[0] = std::min(i, too_far);
    if (first > 1) row[static_cast<std::size_t>(first - 1)] = too_far;
    for (int j = first; j <= last; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const bool same = lower(a, i - 1) == lower(b, j - 1);
      int d = std::min({above[at] + 1, row[at - 1] + 1, above[at - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a, i - 1) == lower(b, j - 2) &&
          lower(a, i - 2) == lower(b, j - 1))
        d = std::min(d, before[at - 2] + 1);
      row[at] = std::min(d, too_far);
      least = std::min(least, row[at]);
    }
    if (last < m) row[static_cast<std::size_t>(last + 1)] = too_far;
    // A swap reaches two rows back, so that this row alone does not tell.
    if (least > most && *std::min_element(above.begin(), above.end()) > most) return too_far;
    before.swap(above);
    above.swap(row);
  }
  return above[static_cast<std::size_t>(m)];
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  return distance_up_to(a, b, static_cast<int>(a.size() + b.size()));
}

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  constexpr std::size_t longest =
      400;  // nobody mistypes more, and the distance of two takes their product
  if (name.size() > longest) return best;
  int smallest = std::max(2, static_cast<int>(name.size()) / 3) + 1;
  for (std::string_view candidate : known) {
    if (candidate.size() > 2 * longest) continue;
    // where more than half of the letters are others, it is another word
    const int half = static_cast<int>(std::max(name.size(), candidate.size())) / 2;
    const int most = std::min(half, smallest - 1);
    if (most < 0) break;  // there is no nearer one than the same
    const int distance = distance_up_to(name, candidate, most);
    if (distance <= most) smallest = distance, best = candidate;
  }
  return best;
}

std::string allowed_names(std::string_view name, const std::vector<std::string_view>& known) {
  if (known.empty()) return "; there is none";
  std::string out = "; allowed: ";
  constexpr std::size_t shown = 12;
  for (std::size_t i = 0; i < known.size() && i < shown; ++i) {
    if (i) out += ", ";
    out += known[i];
  }
  if (known.size() > shown) out += ", ... (" + std::to_string(known.size()) + " in all)";
  const std::string_view nearest = nearest_name(name, known);
  if (!nearest.empty()) out += "; nearest: " + std::string(nearest);
  return out;
}

}  // namespace ansatz

// Without optimisation g++ makes code of the branch of graph_error that only constant evaluations
// take, and with it a reference to ir::refusal_note(RefusalNoteKey), which nothing defines.
extern "C" void ansatz_refusal_note_of_a_constant() asm(
    "_ZN6ansatz2ir12refusal_noteENS0_14RefusalNoteKeyE");
extern "C" void ansatz_refusal_note_of_a_constant() { __builtin_trap(); }
