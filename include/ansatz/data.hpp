// Data sets, and files of data.
#pragma once

#include <ansatz/data/batches.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/fetch/catalogue.hpp>
#include <ansatz/data/fetch/fetch.hpp>
#include <ansatz/data/iteration/subset_iterator.hpp>
#include <ansatz/data/one_hot.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/data/sets/random_sets.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/data/tables.hpp>
#include <ansatz/files/atomic_file.hpp>
#include <ansatz/files/csv.hpp>
#include <ansatz/files/held_folder.hpp>
#include <ansatz/files/idx.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/files/npz.hpp>
#include <ansatz/files/tensor_file.hpp>
#include <ansatz/files/tensor_header.hpp>
