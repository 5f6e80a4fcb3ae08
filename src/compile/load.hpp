// Takes the loops of a shared object into the process.
#pragma once

#include <ansatz/files/held_folder.hpp>

#include <string>

namespace ansatz::compiling {

/// Loads the object that is held open and offers its loops to `build`. Returns how many; less than
/// 0 when it is not an object of this library, with the reason in `why`. What is loaded stays open.
/// Errors: Error when the program does not export what the loops call.
int load_object_loops(serial::Descriptor object, unsigned long precision, std::string& why);

}  // namespace ansatz::compiling
