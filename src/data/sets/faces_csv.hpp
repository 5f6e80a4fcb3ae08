// Images whose pixels stand between blanks, a line an image.
#pragma once

#include <ansatz/data/table.hpp>

#include <string>

namespace ansatz::data {

struct FacesForm {
  int rows = 0, columns = 0;
  int classes = 0;  ///< a label and a comma stand before the pixels; 0: pixels alone
};

/// Reads such a text file, plain or gzip, whose first line holds names; pixels may stand in double
/// quotes. FileError, with line and column, for what is no number, a label out of range, too few
/// or too many pixels, and for no image at all.
Table read_faces(const std::string& path, const FacesForm& form);

}  // namespace ansatz::data
