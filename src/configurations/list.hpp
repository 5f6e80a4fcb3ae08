// The library's own configurations: one file each.
#pragma once

namespace ansatz {

/// Makes all of them known. Called by name, so that the linker takes their files.
void register_library_configurations();

}  // namespace ansatz
