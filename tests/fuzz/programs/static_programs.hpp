// Made by make_programs.py: programs of programs.txt, compiled at namespace scope, for
// programs_o0.cpp and programs_o3.cpp.
#pragma once

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/convolve.hpp>
#include <dsl/ops/max_pool.hpp>
#include <dsl/ops/mean_pool.hpp>
#include <dsl/ops/repeat.hpp>

#include "fuzz/program_text.hpp"

namespace {

using namespace ansatz;

auto program_2 = compile<double>([] {
  auto r0 = input<VectorSpace<1>>("y");
  auto r1 = state<Batch<VectorSpace<1>, chains>>("h");
  auto r2 = parameter<VectorSpace<1>>("single");
  auto r3 = sigmoid(r1);
  auto r4 = sigmoid_binary_cross_entropy(r2, r3);
  auto r5 = input<Tensor<2, 2, 1>>("image");
  auto r6 = parameter<Tensor<1, 2, 1, 1>>("kernel");
  auto r7 = convolve(r5, r6, border::valid, padding<0, 0>, stride<1, 1>);
  auto r8 = sum(r4, all);
  auto r9 = grad(r8, r2);
  auto r10 = r8 - r5;
  auto r11 = softmax(r5, axis<-1>);
  auto r12 = softmax(r11, axis<-1>);
  auto r13 = cross_entropy(r11, r12);
  auto r14 = parameter<Matrix<1, 1>>("V");
  auto r15 = parameter<Matrix<1, 1>>("U");
  auto r16 = parameter<VectorSpace<1>>("b");
  auto r17 = parameter<Matrix<1, 1>>("W");
  auto r18 = parameter<Scalar>("s");
  auto r19 = input<VectorSpace<1>>("x");
  auto r20 = tanh(r14);
  auto r21 = square(r20);
  auto r22 = sum(r21, all);
  auto r23 = grad(r22, r14);
  auto r24 = r23 * r23;
  auto r25 = sum(r24, all);
  auto r26 = r25 * 0.5;
  auto r27 = r18 - r26;
  auto r28 = r25 * 0.25;
  auto r29 = r14 - r28;
  Function f;
  f.add(output("o3", r23));
  f.add(update(r14, r29));
  f.add(output("o2", r25));
  f.add(output("o0", r25));
  f.add(output("o1", r25));
  f.add(update(r15, r22));
  f.add(update(r18, r27));
  return f;
});

auto program_4 = compile<double>([] {
  auto r0 = parameter<Tensor<1, 2, 5, 3>>("kernel");
  auto r1 = parameter<VectorSpace<1>>("b");
  auto r2 = sigmoid(r1);
  auto r3 = sigmoid_binary_cross_entropy(r0, r2);
  auto r4 = minimum(r2, r1);
  auto r5 = parameter<Matrix<4, 1>>("V");
  auto r6 = r5 * 0.25;
  auto r7 = parameter<Matrix<1, 4>>("W");
  auto r8 = matmul(r5, r7);
  auto r9 = matmul(r1, r4);
  auto r10 = r9 * r7;
  auto r11 = r10 - r8;
  auto r12 = flatten(r9);
  auto r13 = r10 - r10;
  auto r14 = sin(r10);
  auto r15 = sum(r14, all);
  auto r16 = grad(r15, r1);
  auto r17 = state<Batch<Scalar, chains>>("kg");
  auto r18 = r16 * r16;
  auto r19 = sum(r18, all);
  auto r20 = grad(r19, r7);
  auto r21 = r4 * 1;
  auto r22 = r5 - r21;
  auto r23 = r4 * 0.25;
  auto r24 = r0 - r23;
  Function f;
  f.add(output("o0", r19));
  f.add(update(r7, r20));
  f.add(output("o5", r19));
  f.add(output("o2", r20));
  f.add(output("o1", r17));
  f.add(output("o4", r20));
  f.add(update(r0, r24));
  f.add(output("o3", r16));
  f.add(update(r5, r22));
  return f;
});

auto program_7 = compile<double>([] {
  auto r0 = parameter<Matrix<1, 1>>("kone");
  auto r1 = state<Batch<VectorSpace<2>, chains>>("kh");
  auto r2 = state<VectorSpace<2>>("v");
  auto r3 = shared_input<Matrix<2, 4>>("Q");
  auto r4 = mean(r2, all);
  auto r5 = grad(r4, r2);
  auto r6 = shared_input<Matrix<2, 4>>("kQ");
  auto r7 = sin(r5);
  auto r8 = sum(r7, all);
  auto r9 = parameter<Matrix<2, 2>>("kU");
  auto r10 = grad(r8, r9);
  auto r11 = parameter<VectorSpace<4>>("c");
  auto r12 = flatten(r11);
  auto r13 = parameter<Matrix<2, 4>>("kW");
  Function f;
  f.add(output("o1", r13));
  f.add(output("o2", r9));
  f.add(output("o0", r2));
  return f;
});

auto program_8 = compile<double>([] {
  auto r0 = parameter<VectorSpace<1>>("single");
  auto r1 = parameter<Matrix<1, 2>>("R");
  auto r2 = r1 + r0;
  auto r3 = transpose(r1);
  auto r4 = flatten(r0);
  auto r5 = sum(r0, axis<0>);
  auto r6 = sum(r2, all);
  auto r7 = grad(r6, r0);
  auto r8 = softmax(r1, axis<0>);
  auto r9 = r8 * r7;
  auto r10 = r2 >= r7;
  auto r11 = reshape<Matrix<2, 1>>(r3);
  auto r12 = clip(r10, -0.5, 1);
  auto r13 = parameter<Matrix<2, 1>>("kcolumn");
  auto r14 = r7 + r13;
  auto r15 = reshape<Matrix<1, 2>>(r11);
  auto r16 = parameter<Scalar>("s");
  auto r17 = sum(r15, all);
  auto r18 = grad(r17, r1);
  auto r19 = grad(r17, r1);
  auto r20 = grad(r17, r1);
  auto r21 = r18 * r18;
  auto r22 = sum(r21, all);
  auto r23 = r19 * r19;
  auto r24 = sum(r23, all);
  auto r25 = r20 * r0;
  auto r26 = sum(r25, all);
  auto r27 = r22 + r24;
  auto r28 = r27 + r26;
  Function f;
  f.add(output("o4", r18));
  f.add(output("o1", r19));
  f.add(output("o0", r24));
  f.add(output("o3", r20));
  f.add(output("o2", r28));
  return f;
});

auto program_12 = compile<double>([] {
  auto r0 = state<Matrix<3, 2>>("M");
  auto r1 = reshape<Matrix<3, 2>>(r0);
  auto r2 = state<VectorSpace<3>>("v");
  auto r3 = flatten(r1);
  auto r4 = parameter<Matrix<1, 1>>("one");
  auto r5 = floor(r4);
  auto r6 = input<VectorSpace<2>>("y");
  auto r7 = sum(r6, axis<0>);
  auto r8 = log_sum_exp(r6, batch, keep_axes);
  auto r9 = min(r5, all);
  auto r10 = transpose(r8);
  auto r11 = transpose(r1);
  auto r12 = r7 * r7;
  auto r13 = sum(r12, all);
  auto r14 = grad(r13, r6);
  auto r15 = grad(r13, r6);
  auto r16 = r14 * r14;
  auto r17 = sum(r16, all);
  auto r18 = r15 * r15;
  auto r19 = sum(r18, all);
  auto r20 = r17 + r19;
  auto r21 = r20 + r13;
  auto r22 = r13 * 0.5;
  auto r23 = r2 - r22;
  Function f;
  f.add(output("o5", r18));
  f.add(update(r4, r22));
  f.add(output("o2", r17));
  f.add(output("o1", r17));
  f.add(output("o3", r21));
  f.add(output("o0", r14));
  f.add(output("o4", r15));
  f.add(update(r0, r19));
  f.add(update(r2, r23));
  return f;
});

auto program_13 = compile<double>([] {
  auto r0 = state<Matrix<2, 2>>("kM");
  auto r1 = softmax(r0, axis<0>);
  auto r2 = input<IndexSpace<2>>("t");
  auto r3 = take_rows(r0, r2);
  auto r4 = matmul(r1, r0);
  auto r5 = r4 - r1;
  auto r6 = r1 > r4;
  auto r7 = clip(r1, -0.5, 0.75);
  auto r8 = sum(r0, axis<1>);
  auto r9 = tanh(r6);
  auto r10 = square(r9);
  auto r11 = sum(r10, all);
  auto r12 = grad(r11, r0);
  auto r13 = grad(r11, r0);
  auto r14 = grad(r11, r0);
  auto r15 = r12 * r10;
  auto r16 = sum(r15, all);
  auto r17 = r13 * r13;
  auto r18 = sum(r17, all);
  auto r19 = r14 * r14;
  auto r20 = sum(r19, all);
  auto r21 = r16 + r18;
  auto r22 = r21 + r20;
  auto r23 = r22 + r11;
  Function f;
  f.add(output("o5", r12));
  f.add(output("o4", r14));
  f.add(output("o1", r23));
  f.add(output("o0", r23));
  f.add(output("o2", r23));
  f.add(output("o3", r13));
  return f;
});

auto program_17 = compile<double>([] {
  auto r0 = parameter<Tensor<3, 3, 3>>("T");
  auto r1 = parameter<Tensor<2, 2, 3, 1>>("kernel");
  auto r2 = parameter<Tensor<1, 2, 3, 2>>("kkernel");
  auto r3 = softmax(r2, axis<-1>);
  auto r4 = r3 * r1;
  auto r5 = sum(r4, all);
  auto r6 = grad(r5, r2);
  auto r7 = shared_input<Matrix<3, 3>>("Q");
  auto r8 = square(r4);
  auto r9 = mean(r8, all);
  auto r10 = grad(r9, r2);
  auto r11 = grad(r9, r2);
  auto r12 = grad(r9, r1);
  auto r13 = r10 * r10;
  auto r14 = sum(r13, all);
  auto r15 = parameter<Scalar>("s");
  auto r16 = r11 * r11;
  auto r17 = tanh(r11);
  auto r18 = sum(r17, all);
  auto r19 = r12 * r9;
  auto r20 = sum(r19, all);
  auto r21 = r14 + r18;
  auto r22 = r21 + r20;
  auto r23 = grad(r22, r1);
  auto r24 = r23 * r23;
  auto r25 = sum(r24, all);
  Function f;
  f.add(output("o3", r23));
  f.add(output("o0", r12));
  f.add(output("o5", r25));
  f.add(output("o7", r10));
  f.add(output("o6", r21));
  f.add(output("o1", r11));
  f.add(output("o4", r2));
  f.add(output("o2", r24));
  return f;
});

auto program_18 = compile<double>([] {
  auto r0 = shared_input<VectorSpace<3>>("q");
  auto r1 = r0 < 1.5;
  auto r2 = parameter<Matrix<5, 5>>("U");
  auto r3 = input<Tensor<5, 3, 2>>("image");
  auto r4 = mean_pool(r3, pool<2, 3>, stride<1, 1>, border::valid);
  auto r5 = parameter<Scalar>("s");
  auto r6 = r0 != r5;
  auto r7 = input<Scalar>("kz");
  auto r8 = parameter<Tensor<1, 2, 2, 3>>("kernel");
  auto r9 = convolve(r3, r8, border::valid, padding<1, 0>, stride<1, 2>);
  auto r10 = softmax(r8, axis<-1>);
  auto r11 = sum(r9, axis<1>);
  auto r12 = min(r9, all);
  auto r13 = mean(r9, all);
  auto r14 = grad(r13, r3);
  auto r15 = r14 * r12;
  auto r16 = sum(r15, all);
  auto r17 = grad(r16, r8);
  auto r18 = r17 * r17;
  auto r19 = sum(r18, all);
  auto r20 = r19 * 0.3237;
  auto r21 = r20 + r16;
  auto r22 = grad(r21, r3);
  auto r23 = r22 * r22;
  auto r24 = tanh(r22);
  auto r25 = sum(r24, all);
  auto r26 = shared_input<Matrix<5, 3>>("Q");
  Function f;
  f.add(output("o4", r14));
  f.add(output("o1", r22));
  f.add(output("o5", r26));
  f.add(output("o0", r25));
  f.add(output("o2", r17));
  f.add(output("o3", r22));
  return f;
});

auto program_20 = compile<double>([] {
  auto r0 = input<Matrix<2, 3>>("table");
  auto r1 = -r0;
  auto r2 = state<Batch<VectorSpace<33>, chains>>("h");
  auto r3 = input<Tensor<33, 2, 3>>("image");
  auto r4 = shared_input<VectorSpace<2>>("q");
  auto r5 = r3 - r0;
  auto r6 = parameter<Scalar>("s");
  auto r7 = r4 > r6;
  auto r8 = where(r7, r4, 0.1);
  auto r9 = sin(r8);
  auto r10 = sum(r9, all);
  auto r11 = grad(r10, r6);
  auto r12 = grad(r10, r4);
  auto r13 = grad(r10, r4);
  auto r14 = r11 * r11;
  auto r15 = sum(r14, all);
  auto r16 = r12 * r12;
  auto r17 = sum(r16, all);
  auto r18 = r13 * r13;
  auto r19 = sum(r18, all);
  auto r20 = r15 + r17;
  auto r21 = r20 + r19;
  Function f;
  f.add(output("o5", r12));
  f.add(output("o3", r13));
  f.add(output("o0", r21));
  f.add(output("o4", r20));
  f.add(output("o6", r11));
  f.add(output("o1", r4));
  f.add(output("o2", r20));
  return f;
});

auto program_32 = compile<double>([] {
  auto r0 = shared_input<VectorSpace<2>>("q");
  auto r1 = round(r0);
  auto r2 = input<VectorSpace<2>>("x");
  auto r3 = square(r2);
  auto r4 = r3 + 0.25;
  auto r5 = log(r4);
  auto r6 = input<Tensor<2, 2, 3>>("image");
  auto r7 = mean_pool(r6, pool<1, 2>, stride<0, 1>);
  auto r8 = r5 > -2.5;
  auto r9 = where(r8, r4, r3);
  auto r10 = sin(r1);
  auto r11 = sum(r10, all);
  auto r12 = grad(r11, r0);
  auto r13 = input<VectorSpace<2>>("kx");
  auto r14 = r12 * r13;
  auto r15 = sum(r14, all);
  auto r16 = grad(r15, r13);
  auto r17 = r16 * r13;
  auto r18 = sum(r17, all);
  auto r19 = grad(r18, r13);
  auto r20 = r19 * r19;
  auto r21 = sum(r20, all);
  auto r22 = r21 + r18;
  Function f;
  f.add(output("o4", r22));
  f.add(output("o1", r19));
  f.add(output("o0", r12));
  f.add(output("o3", r16));
  f.add(output("o2", r5));
  return f;
});

fuzz::StaticProgram programs[] = {
    {2, &program_2},
    {4, &program_4},
    {7, &program_7},
    {8, &program_8},
    {12, &program_12},
    {13, &program_13},
    {17, &program_17},
    {18, &program_18},
    {20, &program_20},
    {32, &program_32},
};

}  // namespace
