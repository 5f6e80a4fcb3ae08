// The library's own configurations: one file each.
#pragma once

namespace ansatz {

/// Makes all of them known. Each compiles the loops that those before it do not
/// have. Called by name, so that the linker takes their files.
void register_library_configurations();

}  // namespace ansatz
