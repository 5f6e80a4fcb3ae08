// RowsColumns: a number of pixels in each direction.
#pragma once

#include <ansatz/base/describe.hpp>

namespace ansatz {

/// Rows and columns: of a kernel, of a pool's window, from one window to the next. In YAML a list
/// of two, or one number for both. {0, 0} is none.
struct RowsColumns {
  int rows = 0, columns = 0;

  constexpr RowsColumns() {}
  constexpr RowsColumns(int both) : rows(both), columns(both) {}
  constexpr RowsColumns(int r, int c) : rows(r), columns(c) {}
  constexpr explicit operator bool() const { return rows != 0 || columns != 0; }
  constexpr bool operator==(const RowsColumns&) const = default;
  constexpr int operator[](int direction) const { return direction ? columns : rows; }
};

/// "5 x 7".
constexpr String to_text(const RowsColumns& s) {
  String text = to_text(s.rows);
  text += " x ";
  return text += to_text(s.columns);
}

template <class Value>
bool read_value(const Value& from, RowsColumns& to) {
  to = {};
  if (!from.is_list()) {
    int both = 0;
    if (!read_value(from, both)) return false;
    to = RowsColumns(both);
    return true;
  }
  const auto items = from.items();
  if (items.size() != 2) {
    from.refuse("[rows, columns]");
    return false;
  }
  const bool rows = read_value(items[0], to.rows);
  return read_value(items[1], to.columns) && rows;
}
inline void write_value(Describer& to, const RowsColumns& value) {
  to.open_list();
  to.integer(value.rows);
  to.integer(value.columns);
  to.close();
}
inline const char* value_type(const RowsColumns*) { return "[rows, columns]"; }

}  // namespace ansatz
