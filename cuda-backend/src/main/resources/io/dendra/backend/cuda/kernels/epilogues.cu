// Activations whose derivative follows from their value. C: the type they are computed in.

struct NONE {
  static __device__ C of(C x) { return x; }
  static __device__ C slope(C) { return 1; }
};

struct RELU {
  static __device__ C of(C x) { return f_max(x, C(0)); }
  static __device__ C slope(C y) { return y > 0 ? C(1) : C(0); }
};

struct TANH {
  static __device__ C of(C x) { return f_tanh(x); }
  static __device__ C slope(C y) { return 1 - y * y; }
};

struct SIGMOID {
  static __device__ C of(C x) { return f_sigmoid(x); }
  static __device__ C slope(C y) { return y * (1 - y); }
};
